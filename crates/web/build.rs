//! Makes the folder of files that is embedded: `static/` as it stands, but each script and style sheet that a template
//! names becomes one file with all that it imports, by esbuild. Over HTTP/1.1 a browser has six connections to a
//! server, so a page of seventy files would take a dozen round trips.
//!
//! esbuild comes from the npm registry, by the lock file beside this script. `NATTER_ESBUILD` names a program to run
//! instead. Where there is no npm, which is where `NATTER_SOCKET_IO_CLIENT` is set, all files stay as they are: the
//! pages work, and load more slowly.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

const OWN_ESBUILD: &str = "NATTER_ESBUILD";
const NO_NPM: &str = "NATTER_SOCKET_IO_CLIENT";
const STATIC: &str = "../../static";
const TEMPLATES: &str = "../../templates";
/// How a template names a file.
const NAMED: &str = "files::url(\"";

fn main() {
    for path in ["build.rs", "package.json", "package-lock.json", STATIC, TEMPLATES] {
        println!("cargo::rerun-if-changed={path}");
    }
    for variable in [OWN_ESBUILD, NO_NPM] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    if let Err(error) = make(&out) {
        println!("cargo::error={}", error.replace('\n', " "));
        println!(
            "cargo::error=The build takes esbuild from npm. Install Node.js with npm, or name an esbuild program in {OWN_ESBUILD}."
        );
    }
}

fn make(out: &Path) -> Result<(), String> {
    // Its time is that of the copy: a debug build compares it with the sources'.
    fs::write(out.join("copied"), "")
        .map_err(|error| format!("cannot write into {}: {error}", out.display()))?;
    let copy = out.join("static");
    copy_anew(Path::new(STATIC), &copy).map_err(|error| format!("cannot copy {STATIC}: {error}"))?;
    let named = named_files().map_err(|error| format!("cannot read {TEMPLATES}: {error}"))?;
    match esbuild(out)? {
        Some(program) => bundle(program, &named, &copy),
        None => {
            println!(
                "cargo::warning=Without npm the pages' files are not bundled, so they load more slowly."
            );
            Ok(())
        }
    }
}

fn copy_anew(from: &Path, to: &Path) -> io::Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy_anew(&entry.path(), &target)?,
            false => fs::copy(entry.path(), target).map(drop)?,
        }
    }
    Ok(())
}

/// The scripts and style sheets that templates name, each once.
fn named_files() -> io::Result<Vec<String>> {
    let mut named = Vec::new();
    for template in fs::read_dir(TEMPLATES)? {
        let text = fs::read_to_string(template?.path())?;
        let paths = text.split(NAMED).skip(1).filter_map(|rest| rest.split('"').next());
        named.extend(paths.filter(|path| path.ends_with(".js") || path.ends_with(".css")).map(str::to_owned));
    }
    named.sort();
    named.dedup();
    Ok(named)
}

/// The command that runs esbuild; `None` where it is not to be had.
fn esbuild(out: &Path) -> Result<Option<Command>, String> {
    if let Some(own) = env::var_os(OWN_ESBUILD) {
        return Ok(Some(Command::new(own)));
    }
    if env::var_os(NO_NPM).is_some() {
        return Ok(None);
    }
    for file in ["package.json", "package-lock.json"] {
        fs::copy(file, out.join(file)).map_err(|error| format!("cannot copy {file}: {error}"))?;
    }
    run(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(out))?;
    let mut node = Command::new("node");
    node.arg(out.join("node_modules/esbuild/bin/esbuild"));
    Ok(Some(node))
}

fn bundle(mut esbuild: Command, named: &[String], folder: &Path) -> Result<(), String> {
    esbuild.args(named).args([
        "--bundle",
        "--minify",
        "--format=esm",
        "--charset=utf8",
        "--sourcemap=linked",
    ]);
    esbuild.args(["--outdir=.", "--outbase=.", "--allow-overwrite", "--log-level=warning"]);
    run(esbuild.current_dir(folder))
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let ran = command.output().map_err(|error| format!("cannot run {program}: {error}"))?;
    match ran.status.success() {
        true => Ok(()),
        false => Err(format!("{program} failed: {}", String::from_utf8_lossy(&ran.stderr))),
    }
}

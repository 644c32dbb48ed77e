//! Gets the official Socket.IO client from the npm registry into the build's directory, with the versions of the lock
//! file beside this script, so that the chat service can serve it. `NATTER_SOCKET_IO_CLIENT` names a file to use instead.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const OWN_COPY: &str = "NATTER_SOCKET_IO_CLIENT";

fn main() {
    // Not the installed files: they are newer than this run's start, and would be installed again each time.
    for file in ["build.rs", "package.json", "package-lock.json"] {
        println!("cargo::rerun-if-changed={file}");
    }
    println!("cargo::rerun-if-env-changed={OWN_COPY}");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let source = match env::var_os(OWN_COPY) {
        Some(path) => {
            let path = PathBuf::from(path);
            println!("cargo::rerun-if-changed={}", path.display());
            Ok(path)
        }
        None => install(&out),
    };
    if let Err(error) = source.and_then(|path| take(&path, &out)) {
        println!("cargo::error={error}");
        println!(
            "cargo::error=The build takes the Socket.IO client from npm. Install Node.js with npm, or name a copy of socket.io.min.js (4.8) in {OWN_COPY}."
        );
    }
}

/// Copies the client to where the code includes it from, and sets the hash that the code reads.
fn take(client: &Path, out: &Path) -> Result<(), String> {
    let bytes = fs::read(client).map_err(|error| format!("cannot read {}: {error}", client.display()))?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    println!("cargo::rustc-env=SOCKET_IO_CLIENT_HASH={:016x}", hasher.finish());
    fs::write(out.join("socket.io.js"), bytes).map_err(|error| format!("cannot write the client: {error}"))
}

fn install(out: &Path) -> Result<PathBuf, String> {
    for file in ["package.json", "package-lock.json"] {
        fs::copy(file, out.join(file)).map_err(|error| format!("cannot copy {file}: {error}"))?;
    }
    let npm = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(out)
        .output()
        .map_err(|error| format!("cannot run npm: {error}"))?;
    if !npm.status.success() {
        return Err(format!("npm ci failed: {}", String::from_utf8_lossy(&npm.stderr).replace('\n', " ")));
    }
    Ok(out.join("node_modules/socket.io-client/dist/socket.io.min.js"))
}

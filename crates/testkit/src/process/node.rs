//! Programs for Node.js that use the official client, in `clients/`.

use std::path::Path;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{ChildStdin, ChildStdout, Command};

use crate::process::ProcessGroup;
use crate::wait;

/// A running program that prints one JSON object a line.
#[derive(Debug)]
pub struct Program {
    process: ProcessGroup,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Program {
    /// Runs `clients/{script}` with these arguments.
    ///
    /// # Panics
    /// When Node.js or the packages are missing, with the command that installs them.
    pub fn run(script: &str, arguments: &[&str]) -> Self {
        Self::start(Command::new("node").arg(script).args(arguments))
    }

    /// Runs the source of a module as if it were a file in `clients/`.
    ///
    /// # Panics
    /// As [`Program::run`].
    pub fn run_text(module: &str) -> Self {
        Self::start(Command::new("node").args(["--input-type=module", "--eval", module]))
    }

    fn start(command: &mut Command) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
        let packages = folder.join("node_modules/socket.io-client");
        let shown = folder.display();
        assert!(
            packages.is_dir(),
            "the official client is missing: run `npm ci --ignore-scripts` in {shown}"
        );
        let node = std::process::Command::new("node").arg("--version").output();
        assert!(node.is_ok(), "node is missing: install Node.js 20 or newer (https://nodejs.org)");
        let mut process = ProcessGroup::start(command.current_dir(&folder));
        let input = process.child.stdin.take().expect("it is piped");
        let output = BufReader::new(process.child.stdout.take().expect("it is piped")).lines();
        Self { process, input, output }
    }

    /// Writes a line to the program's standard input.
    ///
    /// # Panics
    /// When the program closed it.
    pub async fn write_line(&mut self, line: &str) {
        self.input.write_all(format!("{line}\n").as_bytes()).await.expect("the program reads");
    }

    /// The value of `key` in the next printed object that has it. Other lines are skipped.
    ///
    /// # Panics
    /// When the program ends, or on a timeout.
    pub async fn next(&mut self, key: &str) -> Value {
        wait::in_time(&format!("the program prints {key:?}"), async {
            let mut before = Vec::new();
            loop {
                let Some(line) = self.output.next_line().await.expect("it prints text") else {
                    panic!("the program ended after {before:?}: {}", self.errors().await);
                };
                let object: Value = serde_json::from_str(&line).unwrap_or_default();
                match object.get(key) {
                    Some(value) => return value.clone(),
                    None => before.push(line),
                }
            }
        })
        .await
    }

    /// The next line that the program prints.
    ///
    /// # Panics
    /// When the program ends, or on a timeout.
    pub async fn line(&mut self) -> String {
        let line = wait::in_time("the program prints a line", self.output.next_line()).await;
        match line.expect("it prints text") {
            Some(line) => line,
            None => panic!("the program ended: {}", self.errors().await),
        }
    }

    async fn errors(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut errors) = self.process.child.stderr.take() {
            let _ = errors.read_to_string(&mut text).await;
        }
        text
    }
}

//! Other programs: found, run with their output in sight, or listened to.

use crate::failure::Failure;
use std::{
    env,
    ffi::{OsStr, OsString},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A program and its arguments, before it runs.
pub(crate) struct Program {
    name: OsString,
    arguments: Vec<OsString>,
    folder: Option<PathBuf>,
    variables: Vec<(String, OsString)>,
    /// Programs that are handed the rest as their arguments, outermost first.
    wrappers: Vec<Vec<OsString>>,
}

impl Program {
    pub(crate) fn new(name: impl AsRef<OsStr>) -> Self {
        Self {
            name: name.as_ref().to_owned(),
            arguments: Vec::new(),
            folder: None,
            variables: Vec::new(),
            wrappers: Vec::new(),
        }
    }

    /// The cargo that started this task.
    pub(crate) fn cargo() -> Self {
        let cargo = Self::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // Where a checkout is built once and thrown away, what speeds the next build up only costs time and disk.
        if env::var_os("CI").is_some() { cargo.var("CARGO_INCREMENTAL", "0") } else { cargo }
    }

    /// npm, which is a script with another name on Windows.
    pub(crate) fn npm() -> Self {
        Self::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
    }

    /// A program that comes with an npm package.
    pub(crate) fn npx() -> Self {
        Self::new(if cfg!(windows) { "npx.cmd" } else { "npx" })
    }

    pub(crate) fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(mut self, arguments: I) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    pub(crate) fn inside(mut self, folder: impl AsRef<Path>) -> Self {
        self.folder = Some(folder.as_ref().to_path_buf());
        self
    }

    pub(crate) fn var(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Runs the whole of it as the arguments of `wrapper`, around what wraps it already.
    pub(crate) fn wrapped<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(mut self, wrapper: I) -> Self {
        self.wrappers.insert(0, wrapper.into_iter().map(|part| part.as_ref().to_owned()).collect());
        self
    }

    /// Runs it with its output in sight.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let status = self.command().status().map_err(|error| self.not_started(&error))?;
        if status.success() { Ok(()) } else { Err(self.failed().code(status.code())) }
    }

    /// Runs it with its output in sight and hands each line of it to `hear` as well. Says whether it succeeded.
    pub(crate) fn listen(self, mut hear: impl FnMut(&str)) -> Result<bool, Failure> {
        let mut child = self.command().stdout(Stdio::piped()).spawn().map_err(|error| self.not_started(&error))?;
        if let Some(output) = child.stdout.take() {
            let mut reader = BufReader::new(output);
            let mut line = Vec::new();
            let mut screen = std::io::stdout().lock();
            while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                // A closed screen is the reader's choice; the counts are wanted all the same.
                let _ = screen.write_all(&line).and_then(|()| screen.flush());
                hear(&String::from_utf8_lossy(&line));
                line.clear();
            }
        }
        Ok(child.wait().map_err(|error| self.not_started(&error))?.success())
    }

    /// What it prints, or nothing when it is missing or fails.
    pub(crate) fn answer(self) -> Option<String> {
        let output = self.command().stderr(Stdio::null()).stdin(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn command(&self) -> Command {
        let mut words = self.wrappers.iter().flatten().chain([&self.name]).chain(&self.arguments);
        let mut command = Command::new(words.next().unwrap_or(&self.name));
        command.args(words);
        // What `cargo run` sets for this task is not meant for the programs it starts: build scripts that watch
        // these variables would run again.
        for (name, _) in env::vars_os() {
            let name_text = name.to_string_lossy();
            let of_cargo_run = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"]
                .iter()
                .any(|prefix| name_text.starts_with(prefix));
            if of_cargo_run {
                command.env_remove(&name);
            }
        }
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    fn failed(&self) -> Failure {
        Failure::new(
            format!("{} 未成功 / did not succeed", self.line()),
            "看上面的输出，改正后重新运行 / see the output above, mend it, run again",
        )
    }

    fn not_started(&self, error: &std::io::Error) -> Failure {
        Failure::new(
            format!("{} 无法启动 / cannot be started: {error}", self.line()),
            "确认已安装并在 PATH 中 / make sure that it is installed and in PATH",
        )
    }

    /// The command as a person would type it.
    fn line(&self) -> String {
        let name = Path::new(&self.name).file_name().unwrap_or(&self.name);
        let mut line = format!("`{}", name.to_string_lossy());
        for argument in &self.arguments {
            line.push(' ');
            line.push_str(&argument.to_string_lossy());
        }
        line.push('`');
        line
    }
}

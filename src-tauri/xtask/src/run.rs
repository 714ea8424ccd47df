//! Opens the application, or walks a meeting through it where there is no display.

use crate::{failure::Failure, house::House, pages, program::Program, say::Say, setup};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The features with which every task but one builds the application, so that no task compiles what another has: the
/// pages inside the binary, and file dialogs that a test can answer.
pub(crate) const FEATURES: &str = "hengjian-app/custom-protocol,hengjian-app/e2e";

/// The features of the application for people: its file dialogs are the system's, whatever the environment says.
const FOR_PEOPLE: &str = "hengjian-app/custom-protocol";

/// Opens the application with the sample meeting one click away; without a display walks the meeting into `out/`.
///
/// # Errors
/// When a build or the walk fails.
pub(crate) fn run(house: &House, say: &Say) -> Result<(), Failure> {
    if has_display() {
        build(house, say, FOR_PEOPLE)?;
        say.step("打开衡鉴", "Opening the application; the sample meeting is one click away: 打开示例会议");
        return Program::new(house.binary("hengjian-app")).inside(house.root()).run();
    }
    build(house, say, FEATURES)?;
    let out = house.root().join("out");
    say.step(
        "没有显示器：在虚拟显示器上用真实应用走完一次会议",
        "No display here: walking a whole meeting through the real application on a virtual one",
    );
    walk(house, "1366x768", &[], &out)?;
    say.step("留下的文件", "What was left, and where");
    list(say, &out);
    Ok(())
}

/// A whole sample meeting from the command line.
///
/// # Errors
/// When the build fails or the meeting is refused; then with the command's own exit code.
pub(crate) fn demo(house: &House, say: &Say, arguments: &[String]) -> Result<(), Failure> {
    say.step("命令行走完一次示例会议", "A whole sample meeting from the command line (hengjian demo)");
    let chosen = arguments.iter().any(|argument| argument == "--out" || argument.starts_with("--out="));
    let out = ["--out".to_owned(), house.root().join("out").join("demo").display().to_string()];
    Program::cargo()
        .args(["run", "--quiet", "--package", "hengjian-cli", "--", "demo"])
        .args(if chosen { &[][..] } else { &out[..] })
        .args(arguments)
        .run()
        .map_err(|failure| failure.advise("看上面的原因 / see the reason above"))
}

/// A picture of every page in the smallest size and in full HD.
///
/// # Errors
/// When a build or the walk fails.
pub(crate) fn shots(house: &House, say: &Say) -> Result<(), Failure> {
    build(house, say, FEATURES)?;
    let out = house.root().join("out").join("shots");
    say.step("为每个页面截图", "A picture of every page at 1366×768 and 1920×1080");
    walk(house, "1920x1080", &["--shots"], &out)?;
    list(say, &out);
    Ok(())
}

/// The same command, on a display of its own where the system has such displays, so that a person's windows neither
/// disturb it nor are disturbed.
pub(crate) fn on_virtual_display(program: Program, size: &str) -> Program {
    if !cfg!(target_os = "linux") {
        return program;
    }
    let screen = format!("-screen 0 {size}x24");
    // Without this, a Wayland session would be preferred to the virtual display.
    program.var("WAYLAND_DISPLAY", "").var("GDK_BACKEND", "x11").wrapped(["xvfb-run", "-a", "-s", &screen])
}

/// The same command, told where the application is and kept from the person's own desktop settings.
pub(crate) fn with_own_settings(program: Program, house: &House) -> Program {
    program.var("HENGJIAN_APP", house.binary("hengjian-app")).var("GSETTINGS_BACKEND", "memory")
}

fn build(house: &House, say: &Say, features: &str) -> Result<(), Failure> {
    setup::everything(house, say)?;
    pages::build_if_stale(house, say)?;
    say.step("构建应用", "Building the application and the programs around it; the first time takes some minutes");
    Program::cargo().args(["build", "--workspace", "--bins", "--features", features]).inside(house.root()).run()
}

fn walk(house: &House, screen: &str, options: &[&str], out: &Path) -> Result<(), Failure> {
    let walk = Program::new(house.binary("walk")).args(options).args(["--out"]).args([out]).inside(house.root());
    on_virtual_display(with_own_settings(walk, house), screen).run()
}

/// Whether a window could be opened. Only on Linux is it usual to have none.
fn has_display() -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Names every folder below `out` with what it holds.
fn list(say: &Say, out: &Path) {
    let mut folders = vec![out.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let (mut inner, mut files): (Vec<PathBuf>, Vec<PathBuf>) = fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .partition(|path| path.is_dir());
        files.sort();
        if !files.is_empty() {
            say.note(&format!("{}  （{} 个文件 / files）", folder.display(), files.len()));
            for file in files.iter().take(SHOWN) {
                say.note(&format!("    {}", file.file_name().unwrap_or_default().to_string_lossy()));
            }
            if files.len() > SHOWN {
                say.note(&format!("    … {}", files.len() - SHOWN));
            }
        }
        inner.sort();
        folders.extend(inner.into_iter().rev());
    }
}

/// How many files of one folder are named before the rest is only counted.
const SHOWN: usize = 8;

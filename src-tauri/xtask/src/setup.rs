//! Installs what is missing: system packages, the pages' packages, the tests' Python environment.

use crate::{failure::Failure, house::House, pages, program::Program, say::Say, system};
use std::fs;

/// Everything that building, running and testing needs. Quick when all is there.
///
/// # Errors
/// When something is missing and cannot be installed from here.
pub(crate) fn everything(house: &House, say: &Say) -> Result<(), Failure> {
    system::install(say)?;
    pages::install(house, say)?;
    python(house, say)
}

/// A virtual environment for checks by independent tools, where the tests ask for any.
fn python(house: &House, say: &Say) -> Result<(), Failure> {
    let wanted = house.root().join("tests").join("requirements.txt");
    let Ok(requirements) = fs::read(&wanted) else { return Ok(()) };
    let folder = house.kept("venv");
    let installed = folder.join("installed-requirements.txt");
    if fs::read(&installed).is_ok_and(|kept| kept == requirements) {
        return Ok(());
    }
    say.step("建立测试用的 Python 环境", "A Python environment for checks by independent tools, under target/venv");
    if cfg!(target_os = "linux") && Program::new("python3").args(["-c", "import ensurepip"]).answer().is_none() {
        system::also_install("python3-venv")?;
    }
    let python = if cfg!(windows) { "python" } else { "python3" };
    Program::new(python).args(["-m", "venv"]).args([&folder]).run()?;
    let scripts = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    Program::new(scripts.join("python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .args([&wanted])
        .run()?;
    fs::write(&installed, requirements).map_err(|error| {
        Failure::new(
            format!("{}: {error}", installed.display()),
            "检查磁盘空间与权限 / check disk space and permissions",
        )
    })
}

//! The packages of the operating system: which are needed, why, and how the missing ones get here.

use crate::{failure::Failure, program::Program, say::Say};

/// A Debian package and what it is for.
struct Package {
    name: &'static str,
    chinese: &'static str,
    english: &'static str,
}

const fn package(name: &'static str, chinese: &'static str, english: &'static str) -> Package {
    Package { name, chinese, english }
}

const PACKAGES: &[Package] = &[
    package("build-essential", "编译 C 代码（SQLite、密码库）", "compiles C code: SQLite, cryptography"),
    package("pkg-config", "查找系统库", "finds system libraries"),
    package("libssl-dev", "数据库加密所用的密码库 libcrypto", "libcrypto, whose ciphers encrypt the database"),
    package("libwebkit2gtk-4.1-dev", "应用窗口", "the application's window"),
    package("webkit2gtk-driver", "测试时操作真实应用", "lets tests drive the real application"),
    package("xvfb", "没有显示器时的虚拟显示器", "a virtual display where there is none"),
    package("xauth", "虚拟显示器的访问凭证", "admits programs to the virtual display"),
    package("libgl1-mesa-dri", "虚拟显示器上的绘图", "draws on the virtual display"),
    package("fonts-noto-cjk", "屏幕上的中文字体", "Chinese characters on the screen"),
    package("imagemagick", "截图与图像比较", "takes and compares pictures of the screen"),
    package("poppler-utils", "测试中读取导出的 PDF", "reads exported PDFs in tests"),
    package("qpdf", "测试中检查 PDF 结构", "checks the structure of exported PDFs in tests"),
    package("iproute2", "无网络环境中启用本机回环", "brings up the loopback where tests have no network"),
    package("util-linux", "在无网络的命名空间中测试", "runs tests in a namespace without a network"),
    package("strace", "测试中注入磁盘错误与断电", "injects disk errors and crashes in tests"),
];

/// Installs what is missing, and only that.
///
/// # Errors
/// When packages are missing and there is no way to install them from here.
pub(crate) fn install(say: &Say) -> Result<(), Failure> {
    say.step("检查系统软件包", "System packages: what the window, the tests and the build need");
    if !cfg!(target_os = "linux") {
        say.note(by_hand());
        return Ok(());
    }
    if Program::new("dpkg-query").args(["--version"]).answer().is_none() {
        say.note("此系统没有 apt；请用本系统的软件包工具安装与下列 Debian 软件包相当者：");
        say.note("No apt here. Install what corresponds to these Debian packages, if it is not here yet:");
        for package in PACKAGES {
            say.note(&format!("  {:24}{} / {}", package.name, package.chinese, package.english));
        }
        return Ok(());
    }
    let missing: Vec<&Package> = PACKAGES.iter().filter(|package| !is_installed(package.name)).collect();
    if missing.is_empty() {
        say.note("齐全 / all there");
        return Ok(());
    }
    for package in &missing {
        say.note(&format!("缺 / missing: {:24}{} / {}", package.name, package.chinese, package.english));
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let administrator = administrator(&names)?;
    say.step("更新软件包目录并安装", "Installing them with apt-get, once; this needs the network and an administrator");
    let advice = "检查网络与软件源后重试 / check the network and the package sources, then run again";
    apt(&administrator, &["update"]).map_err(|failure| failure.advise(advice))?;
    let install = ["install", "--yes", "--no-install-recommends"];
    apt(&administrator, &[&install, names.as_slice()].concat()).map_err(|failure| failure.advise(advice))
}

fn apt(administrator: &[&str], arguments: &[&str]) -> Result<(), Failure> {
    // Through `env`, because sudo drops variables.
    let words = [administrator, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"], arguments].concat();
    let (name, rest) = words.split_first().map_or(("apt-get", &[][..]), |(name, rest)| (*name, rest));
    Program::new(name).args(rest).run()
}

/// What makes this user an administrator: nothing as root, else sudo.
fn administrator(missing: &[&str]) -> Result<Vec<&'static str>, Failure> {
    if is_root() {
        return Ok(Vec::new());
    }
    if Program::new("sudo").args(["--version"]).answer().is_some() {
        return Ok(vec!["sudo"]);
    }
    Err(Failure::new(
        "缺软件包，而当前用户不是管理员且没有 sudo / packages are missing; not root, and no sudo here",
        format!("请管理员运行 / as root: apt-get update && apt-get install -y {}", missing.join(" ")),
    ))
}

pub(crate) fn is_root() -> bool {
    Program::new("id").args(["-u"]).answer().is_some_and(|id| id == "0")
}

/// Whether this Debian package is installed here; false where there is no dpkg.
pub(crate) fn is_installed(name: &str) -> bool {
    Program::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status}\n", name])
        .answer()
        .is_some_and(|status| status.lines().any(|line| line == "installed"))
}

/// Installs one more Debian package that a later step turned out to want.
pub(crate) fn also_install(name: &'static str) -> Result<(), Failure> {
    if is_installed(name) {
        Ok(())
    } else {
        apt(&administrator(&[name])?, &["install", "--yes", "--no-install-recommends", name])
    }
}

const fn by_hand() -> &'static str {
    if cfg!(windows) {
        "Windows：请自行安装 Visual Studio 生成工具（C++）与 WebView2 运行时（Windows 11 自带）。\n        \
         Windows: install the Visual Studio Build Tools (C++) and the WebView2 runtime (part of Windows 11) by hand."
    } else {
        "macOS：请自行运行 xcode-select --install。\n        macOS: run xcode-select --install by hand."
    }
}

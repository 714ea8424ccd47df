//! A place without a network, in which the tests run: what passes there needs none.

use crate::{failure::Failure, program::Program, say::Say, system};

/// Brings up the loopback, which the WebDriver and the display need, and becomes the program given.
const WITH_LOOPBACK: &str = "ip link set lo up && exec \"$@\"";

/// The words to put before a command so that it runs in a network namespace of its own, with a loopback and nothing
/// else. Empty where the system is not Linux and so has no such thing.
///
/// # Errors
/// When this Linux lets the user make no such namespace: the tests would then prove less than they claim.
pub(crate) fn none(say: &Say) -> Result<Vec<String>, Failure> {
    if !cfg!(target_os = "linux") {
        say.note(
            "此系统没有网络命名空间，测试在普通环境中运行 / no network namespaces here: tests run with the network",
        );
        return Ok(Vec::new());
    }
    // An administrator needs no user namespace; many containers allow only one of the two.
    let plain: &[&str] = &["--net"];
    let as_user: &[&str] = &["--map-root-user", "--net"];
    let ways = if system::is_root() { [plain, as_user] } else { [as_user, plain] };
    for way in ways {
        let words = words(way);
        if wrap(Program::new("true"), &words).answer().is_some() {
            say.note(&format!("无网络 / no network: unshare {}", way.join(" ")));
            return Ok(words);
        }
    }
    Err(Failure::new(
        "不能建立无网络的命名空间 / no namespace without a network can be made here",
        "以管理员运行，或允许用户命名空间 / run as root, or allow them: sysctl -w kernel.unprivileged_userns_clone=1",
    ))
}

/// `program`, to be run behind these words.
pub(crate) fn wrap(program: Program, words: &[String]) -> Program {
    if words.is_empty() { program } else { program.wrapped(words) }
}

fn words(way: &[&str]) -> Vec<String> {
    [&["unshare"], way, &["--", "sh", "-c", WITH_LOOPBACK, "sh"]].concat().into_iter().map(str::to_owned).collect()
}

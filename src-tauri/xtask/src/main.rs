//! Sets up, builds, runs and tests the project: `cargo xtask setup | run | demo | test | shots`.
//!
//! Needs nothing but Rust to be compiled, so that it can install the rest. It announces each step with its reason
//! and the time since the start, lets the tools show their own progress, and stops at the first failure with what to
//! do next.

mod counts;
mod failure;
mod house;
mod network;
mod pages;
mod program;
mod run;
mod say;
mod setup;
mod system;
mod test;

use house::House;
use say::Say;
use std::{env, process::ExitCode};

const USAGE: &str = "\
用法 / usage: cargo xtask <setup | run | demo | test | shots>

  setup           安装所缺的系统软件包与前端依赖
                  install what is missing: system packages, packages of the pages
  run             打开应用（一键进入示例会议）；没有显示器时在虚拟显示器上走完会议，结果留在 out/
                  open the application; without a display walk a whole meeting on a virtual one, into out/
  demo [参数]     命令行走完一次示例会议，默认 --out out/demo
                  a whole sample meeting from the command line; takes the arguments of `hengjian demo`
  test            全部检查：格式、静态检查、类型、页面测试、Rust 测试、真实应用的端到端测试
                  every check: format, lints, types, tests of the pages, Rust tests, the real application
  shots           每个页面各两种尺寸的截图，存入 out/shots
                  a picture of every page in two sizes, into out/shots
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((task, rest)) = arguments.split_first() else {
        print!("{USAGE}");
        return ExitCode::from(2);
    };
    let say = Say::new();
    let outcome = match (task.as_str(), rest) {
        ("help" | "--help" | "-h", _) => {
            print!("{USAGE}");
            Ok(())
        }
        ("setup", []) => {
            House::find().and_then(|house| setup::everything(&house, &say)).map(|()| say.done("准备完毕 / all set"))
        }
        ("run", []) => House::find().and_then(|house| run::run(&house, &say)),
        ("demo", rest) => House::find().and_then(|house| run::demo(&house, &say, rest)),
        ("test", []) => House::find().and_then(|house| test::test(&house, &say)),
        ("shots", []) => House::find().and_then(|house| run::shots(&house, &say)),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say.failure(&failure);
            failure.exit_code()
        }
    }
}

//! Walks the sample meeting through the real application and keeps what it leaves:
//! `walk --out DIR`, or a picture of every page with `walk --shots --out DIR`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use tests::{
    Failure, Step,
    album::{self, Album, SIZES},
    driver::{App, Place, reason_not_to_run},
    walk,
};

const USAGE: &str = "\
usage: walk --out DIR [--shots [--pictures]]
  --out DIR   where everything is left
  --shots     a picture of every page in two sizes instead of the story of the meeting
  --pictures  also renew the pictures of the README in assets/pictures";

/// The pictures of the README and the pages that they show.
const README: [(&str, &str); 3] =
    [("expert", "expert-review"), ("secretary", "secretary-collect"), ("bureau", "bureau-results")];

struct Options {
    out: PathBuf,
    shots: bool,
    pictures: bool,
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn options() -> Option<Options> {
    let (mut out, mut shots, mut pictures) = (None, false, false);
    let mut arguments = env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.to_str()? {
            "--out" => out = Some(PathBuf::from(arguments.next()?)),
            "--shots" => shots = true,
            "--pictures" => pictures = true,
            _ => return None,
        }
    }
    Some(Options { out: out?, shots, pictures }).filter(|options| options.shots || !options.pictures)
}

fn run(options: &Options) -> Step {
    if let Some(reason) = reason_not_to_run() {
        return Err(Failure::new(reason));
    }
    // The application runs elsewhere: paths given to it must not depend on the folder of this program.
    let out = std::path::absolute(&options.out)?;
    let place = Place::empty()?;
    let app = App::open(&place)?;
    let (width, height) = SIZES[0];
    app.resize(width, height)?;
    if options.shots {
        let files = place.stick("会议")?;
        walk::sample_meeting(&app, &Album::Gallery { folder: out.clone() }, &files)?;
        if options.pictures {
            renew_pictures(&out)?;
        }
        println!("每页两种尺寸的截图 / a picture of every page, in two sizes: {}", out.display());
        return Ok(());
    }
    walk::make_room(&out)?;
    walk::sample_meeting(&app, &Album::story(walk::pictures(&out)), &out)?;
    println!("截图 / pictures: {}", walk::pictures(&out).display());
    println!("评分表与结果 / sheets and result: {}", out.display());
    Ok(())
}

fn renew_pictures(out: &Path) -> Step {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("assets").join("pictures");
    fs::create_dir_all(&folder)?;
    for (name, page) in README {
        fs::copy(album::picture(out, SIZES[0], page), folder.join(format!("{name}.png")))?;
    }
    Ok(())
}

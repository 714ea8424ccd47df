//! Problems with files: noted once, with names for who reads them, until they are settled.

use seal::meeting::Meeting;
use store::{
    Reader, Tx,
    tables::{
        problems::{self, Problem},
        signed_files::{self, SignedState},
    },
};

use crate::{DeskError, dto::ProblemFile};

/// Notes a problem of a round.
pub(super) fn note(tx: &Tx<'_>, round: &str, name: &str, digest: &str, error: &DeskError) -> Result<i64, DeskError> {
    let params_json = serde_json::to_string(&error.params).map_err(DeskError::internal)?;
    let problem = problems::NewProblem {
        round_id: Some(round),
        file_name: name,
        digest,
        code: &error.code,
        params_json: &params_json,
    };
    Ok(problems::note(tx, problem)?)
}

/// A noted problem as screens show it.
pub(super) fn view(reader: &Reader, problem: &Problem) -> Result<ProblemFile, DeskError> {
    let kept = signed_files::get(reader, &problem.digest)?;
    let params = serde_json::from_str(&problem.params_json).map_err(DeskError::internal)?;
    Ok(ProblemFile {
        id: u32::try_from(problem.id).unwrap_or(0),
        file_name: problem.file_name.clone(),
        error: DeskError { code: problem.code.clone(), params },
        quarantined: kept.is_some_and(|file| file.state == SignedState::Quarantined),
        at: problem.at.clone(),
    })
}

/// Adds the names of a cell's expert and centre.
pub(super) fn named(error: DeskError, meeting: &Meeting, centre: &str, expert: &str) -> DeskError {
    let expert_name = meeting.panel().members.iter().find(|member| member.key.as_str() == expert);
    let centre_name = meeting.round().centres.iter().find(|known| known.id.as_str() == centre);
    error
        .with("expert", expert_name.map_or(expert, |member| &member.name))
        .with("centre", centre_name.map_or(centre, |centre| &centre.name))
}

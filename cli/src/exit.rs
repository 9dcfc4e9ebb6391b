//! Exit codes, and failures that carry one.

use pinwheel_analysis::Error;
use pinwheel_analysis::judge::baseline::{BaselineStanding, BaselineVerdict};
use pinwheel_analysis::judge::verdict::{Standing, Verdict};

pub const TABLE: &str = "\
Exit codes:
  0    passed: every check and invariant held and every target that could be judged is met
  1    a check or an invariant was broken, a judged target or limit is not met, or a vector failed;
       or undecided: so few runs do not tell, or the run reaches no date that a target asks for
  2    bad scenario or input: nothing was run, nothing was written
  3    a baseline is missing or changed
  4    the engine is at fault: a replay differs, or pinwheel itself failed
  5    the machine failed: disk full, no permission, folder in use; trying again may help
  130  stopped by Ctrl-C: nothing was written

First steps:
  pinwheel check scenarios/filecoin/history.toml
  pinwheel run scenarios/filecoin/history.toml --set run.horizon=\"30 d\"
  pinwheel explain raw_power";

/// How a verb ended.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    Pass = 0,
    Failed = 1,
    BadInput = 2,
    Baseline = 3,
    EngineFault = 4,
    Machine = 5,
    /// Nothing failed, but so few runs do not tell: no pass either.
    Undecided = 101,
    Stopped = 130,
}

impl Exit {
    pub fn code(self) -> std::process::ExitCode {
        let code = if self == Exit::Undecided { Exit::Failed } else { self };
        std::process::ExitCode::from(code as u8)
    }

    /// What a verdict means for the exit code.
    pub fn of(verdict: &Verdict) -> Self {
        let accepted = |baseline: &BaselineVerdict| baseline.standing == BaselineStanding::Held;
        match (verdict.standing(), verdict.baseline.as_ref().is_none_or(accepted)) {
            (Standing::Failed, _) => Exit::Failed,
            (_, false) => Exit::Baseline,
            (Standing::Undecided, true) => Exit::Undecided,
            (Standing::Passed, true) => Exit::Pass,
        }
    }

    pub fn passed(passed: bool) -> Self {
        if passed { Exit::Pass } else { Exit::Failed }
    }
}

/// Why a verb could not do its work.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    pub message: String,
}

impl Failure {
    pub fn bad_input(message: impl Into<String>) -> Self {
        Failure { exit: Exit::BadInput, message: message.into() }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = match error {
            Error::Stopped => Exit::Stopped,
            Error::Breached(_) => Exit::Failed,
            Error::Table(_) => Exit::EngineFault,
            Error::Busy(_) | Error::Threads(_) => Exit::Machine,
            Error::Io { ref source, .. } => of_io(source),
            _ => Exit::BadInput,
        };
        Failure { exit, message: error.to_string() }
    }
}

/// What the file system says of a path that was typed is bad input; the rest is the machine's
/// doing.
fn of_io(error: &std::io::Error) -> Exit {
    use std::io::ErrorKind::{AlreadyExists, InvalidInput, IsADirectory, NotADirectory, NotFound};
    match error.kind() {
        NotFound | NotADirectory | IsADirectory | AlreadyExists | InvalidInput => Exit::BadInput,
        _ => Exit::Machine,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    #[test]
    fn what_the_machine_did_is_told_from_what_was_typed() {
        let exit = |kind: ErrorKind| {
            Failure::from(Error::at(std::path::Path::new("out"))(kind.into())).exit
        };
        for kind in [ErrorKind::StorageFull, ErrorKind::PermissionDenied, ErrorKind::Other] {
            assert_eq!(exit(kind), Exit::Machine, "{kind}");
        }
        for kind in [ErrorKind::NotFound, ErrorKind::NotADirectory] {
            assert_eq!(exit(kind), Exit::BadInput, "{kind}");
        }
        assert_eq!(Failure::from(Error::Busy("out".into())).exit, Exit::Machine);
        assert_eq!(Failure::from(Error::Threads(String::new())).exit, Exit::Machine);
        assert_eq!(Failure::from(Error::Table(String::new())).exit, Exit::EngineFault);
        assert_eq!(Failure::from(Error::Unfit(String::new())).exit, Exit::BadInput);
    }
}

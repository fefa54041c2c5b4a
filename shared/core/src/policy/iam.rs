//! Names of roles and users as a policy writes them, and the ARNs that they are held against.

use super::error::Wrong;
use super::pattern::Pattern;
use super::table_spec::check_account;
use crate::actor::Actor;
use crate::arn::Arn;

/// A role or user, as written and as matched.
#[derive(Debug, Clone)]
pub(super) struct IamName {
    pub(super) written: String,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    /// The bare name, in the home account, under any path.
    Name(Pattern),
    /// Path and name in full, in the home account, without a leading slash.
    Path(Pattern),
    Arn {
        partition: Pattern,
        account: Pattern,
        resource: Pattern,
    },
}

/// The path under which IAM Identity Center keeps the roles of its permission sets.
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>
const IDENTITY_CENTER: &str = "aws-reserved/sso.amazonaws.com/";

impl IamName {
    /// Whether it names everyone whom the other names, wherever that can be told.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.form.covers(&other.form)
    }

    /// `resource` is `role/` or `user/`: what stands before path and name in an ARN.
    pub(super) fn parse(text: &str, resource: &str) -> Result<Self, Wrong> {
        if text.starts_with("arn:") {
            return Self::parse_arn(text, resource);
        }
        // Outputs and ARNs write `role/app/orders-api`: a path that begins so is more likely a copy than a path.
        if let Some(path) = text.strip_prefix(resource) {
            let kind = resource.trim_end_matches('/');
            return Err(Wrong::new(
                format!("`{text}` begins with what the field says already"),
                format!("`{path}`; for a path that begins with `{resource}`, `/{text}`; or the {kind}'s full ARN"),
            ));
        }
        let path = text.strip_prefix('/').unwrap_or(text);
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: a path holds any printable ASCII.
        if !is_name(name) || !folders.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Wrong::new(
                format!("`{text}` is not a name in IAM"),
                format!(
                    "`NAME`, `PATH/NAME` or `arn:aws:iam::ACCOUNT:{resource}PATH/NAME`; `*` for any run of characters"
                ),
            ));
        }
        let pattern = Pattern::new(path);
        let form = if text.contains('/') { Form::Path(pattern) } else { Form::Name(pattern) };
        Ok(Self { written: text.to_owned(), form })
    }

    fn parse_arn(text: &str, resource: &str) -> Result<Self, Wrong> {
        let wrong = |message: String| {
            Wrong::new(message, format!("arn:aws:iam::ACCOUNT:{resource}PATH/NAME, with `*` in any part"))
        };
        let Some(arn) = parse(text) else { return Err(wrong(format!("`{text}` is not an IAM ARN"))) };
        match arn.service {
            "iam" if starts_a_name(arn.resource, resource) => {}
            "sts" if arn.resource.starts_with("assumed-role/") => {
                return Err(wrong("a session is new each time; a line names the role behind it".to_owned()));
            }
            "sts" if arn.resource.starts_with("federated-user/") => {
                return Err(wrong("whoever federates chooses this name; a line names the user behind it".to_owned()));
            }
            _ => return Err(wrong(format!("this ARN does not name a {}", resource.trim_end_matches('/')))),
        }
        if arn.partition.is_empty() || !arn.resource.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(wrong(format!("`{text}` is not an IAM ARN")));
        }
        check_account(arn.account)?;
        let form = Form::Arn {
            partition: Pattern::new(arn.partition),
            account: Pattern::new(arn.account),
            resource: Pattern::new(arn.resource),
        };
        Ok(Self { written: text.to_owned(), form })
    }

    /// Whether it names the actor, which is a role or user of IAM. What is no ARN is meant in the home account.
    pub(super) fn matches(&self, actor: &Actor<'_>, home: &str, resource: &str) -> bool {
        let Some(arn) = parse(&actor.name) else { return false };
        let path = arn.resource.strip_prefix(resource).filter(|_| arn.service == "iam");
        if path.is_some_and(|path| path.starts_with(IDENTITY_CENTER)) && !self.form.spells_identity_center() {
            return false;
        }
        match &self.form {
            Form::Arn { partition, account, resource } => {
                arn.service == "iam"
                    && account.matches(arn.account)
                    && partition.matches(arn.partition)
                    && resource.matches(arn.resource)
            }
            _ if arn.account != home => false,
            Form::Path(pattern) => path.is_some_and(|path| pattern.matches(path)),
            Form::Name(pattern) => {
                path.is_some_and(|path| pattern.matches(path.rsplit_once('/').map_or(path, |(_, name)| name)))
            }
        }
    }
}

impl IamName {
    /// Whether it names the actor under some path.
    pub(super) fn may_name(&self, actor: &Actor<'_>, resource: &str) -> bool {
        let Some((arn, name)) = parse(&actor.name).and_then(|arn| Some((arn, arn.resource.strip_prefix(resource)?)))
        else {
            return false;
        };
        match &self.form {
            Form::Name(pattern) => pattern.matches(name),
            Form::Path(path) => last_segment(path).matches(name),
            Form::Arn { account, resource, .. } => account.matches(arn.account) && last_segment(resource).matches(name),
        }
    }
}

impl Form {
    /// Whether every name of the other form is one of this.
    fn covers(&self, other: &Self) -> bool {
        if other.spells_identity_center() && !self.spells_identity_center() {
            return false;
        }
        match (self, other) {
            (Self::Name(pattern), Self::Name(other)) | (Self::Path(pattern), Self::Path(other)) => {
                pattern.covers(other)
            }
            (Self::Name(pattern), Self::Path(path)) => pattern.covers(&last_segment(path)),
            (Self::Path(pattern), Self::Name(_)) => pattern.as_str() == "*",
            (
                Self::Arn { partition, account, resource },
                Self::Arn { partition: other_partition, account: other_account, resource: other },
            ) => partition.covers(other_partition) && account.covers(other_account) && resource.covers(other),
            // What account the others are meant in is not known here.
            (Self::Arn { .. }, _) | (_, Self::Arn { .. }) => false,
        }
    }

    fn spells_identity_center(&self) -> bool {
        match self {
            Self::Name(_) => false,
            Self::Path(pattern) => pattern.as_str().starts_with(IDENTITY_CENTER),
            Self::Arn { resource, .. } => {
                resource.as_str().strip_prefix("role/").is_some_and(|path| path.starts_with(IDENTITY_CENTER))
            }
        }
    }
}

/// The names that paths of the pattern end in.
fn last_segment(path: &Pattern) -> Pattern {
    let segment = path.as_str().rsplit('/').next().unwrap_or_default();
    // A wildcard may hold slashes, so that what stands before it need not be of the name.
    Pattern::new(&match segment.rsplit_once('*') {
        Some((_, end)) => format!("*{end}"),
        None => segment.to_owned(),
    })
}

/// The parts of an ARN of IAM or STS, which has no region.
pub(super) fn parse(arn: &str) -> Option<Arn<'_>> {
    Arn::parse(arn).filter(|arn| arn.region.is_empty())
}

/// The characters IAM allows in the names of roles, users and permission sets, and `*`.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-*".contains(&b))
}

fn starts_a_name(resource: &str, prefix: &str) -> bool {
    resource.strip_prefix(prefix).is_some_and(|name| !name.is_empty() && !name.ends_with('/'))
}

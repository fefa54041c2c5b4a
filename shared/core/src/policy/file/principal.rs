//! The fields that name a principal, which several lines of the format share. `#[serde(flatten)]` would share them too, and
//! lose their places.

use super::{AccountId, IamName, Person, ServiceName, SetName, Text};

/// What names a principal. Exactly one field beside `person` is to be there.
pub(in crate::policy) struct Principal {
    pub(in crate::policy) role: Option<Text<IamName>>,
    pub(in crate::policy) permission_set: Option<Text<SetName>>,
    pub(in crate::policy) person: Option<Text<Person>>,
    pub(in crate::policy) user: Option<Text<IamName>>,
    pub(in crate::policy) service: Option<Text<ServiceName>>,
    pub(in crate::policy) account: Option<Text<AccountId>>,
}

/// A line of the format with these fields in front of its own.
macro_rules! with_principal {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($fields:tt)* }) => {
        #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
        #[derive(Debug, ::serde::Deserialize)]
        $(#[$meta])*
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        $vis struct $name {
            /// A role: NAME under any path, PATH/NAME, or its ARN. A name without an ARN is meant in the table's account.
            #[serde(default, deserialize_with = "given")]
            role: Option<$crate::policy::file::Text<$crate::policy::file::IamName>>,
            /// A permission set of IAM Identity Center, by its name.
            #[serde(default, deserialize_with = "given")]
            permission_set: Option<$crate::policy::file::Text<$crate::policy::file::SetName>>,
            /// One person of the permission set, by the user name.
            #[serde(default, deserialize_with = "given")]
            person: Option<$crate::policy::file::Text<$crate::policy::file::Person>>,
            /// An IAM user: NAME under any path, PATH/NAME, or its ARN.
            #[serde(default, deserialize_with = "given")]
            user: Option<$crate::policy::file::Text<$crate::policy::file::IamName>>,
            /// An AWS service that acts for itself, by its DNS name.
            #[serde(default, deserialize_with = "given")]
            service: Option<$crate::policy::file::Text<$crate::policy::file::ServiceName>>,
            /// Any principal of another account, by its 12 digits.
            #[serde(default, deserialize_with = "given")]
            account: Option<$crate::policy::file::Text<$crate::policy::file::AccountId>>,
            $($fields)*
        }

        impl $name {
            /// The fields that name its principal.
            pub(in crate::policy) fn take_principal(&mut self) -> $crate::policy::file::Principal {
                $crate::policy::file::Principal {
                    role: self.role.take(),
                    permission_set: self.permission_set.take(),
                    person: self.person.take(),
                    user: self.user.take(),
                    service: self.service.take(),
                    account: self.account.take(),
                }
            }
        }
    };
}

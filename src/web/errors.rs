//! The errors of verbs: for each an enum, what the log says, and the problem that the caller gets, in one table.

/// Declares the error enum of a verb.
///
/// Each variant names the [`Code`](crate::web::Code) of its problem. Its fields become members of the problem under their
/// own names, or the members in brackets do; a block instead of a code makes the problem itself. What stands behind the `+`
/// are errors of what the verb calls: they convert into the enum, and become the problems that they are anyway.
///
/// ```ignore
/// verb_errors! {
///     /// Why a contract is not paid.
///     pub enum PayError {
///         /// Nothing is left to pay.
///         NothingOwed => NothingOwed,
///         /// The amount exceeds what is left to pay.
///         MoreThanOwed(owed: Rupiah) => MoreThanOwed ["owed" = owed, "owed_text" = owed.to_string()],
///         /// The body is invalid.
///         Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
///     }
///     + Access(AccessError), Db(db::Error)
/// }
/// ```
macro_rules! verb_errors {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $(
                $(#[$doc:meta])*
                $variant:ident
                $( ( $( $field:ident : $type:ty ),+ ) )?
                $( { $( $(#[$field_doc:meta])* $named:ident : $named_type:ty ),+ $(,)? } )?
                => $problem:tt $( [ $( $key:literal = $value:expr ),+ $(,)? ] )?
            ),* $(,)?
        }
        $( + $( $source:ident ( $source_type:ty ) ),+ $(,)? )?
    ) => {
        $(#[$meta])*
        #[derive(Debug)]
        $vis enum $name {
            $(
                $(#[$doc])*
                $variant $( ( $( $type ),+ ) )? $( { $( $(#[$field_doc])* $named : $named_type ),+ } )?,
            )*
            $( $(
                #[doc = concat!("An error of what the verb calls: `", stringify!($source_type), "`.")]
                $source ( $source_type ),
            )+ )?
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $( $( $name::$source(error) => ::std::fmt::Display::fmt(error, f), )+ )?
                    #[allow(unreachable_patterns, reason = "an enum may have nothing but sources")]
                    other => ::std::fmt::Debug::fmt(other, f),
                }
            }
        }

        impl ::std::error::Error for $name {
            fn source(&self) -> ::std::option::Option<&(dyn ::std::error::Error + 'static)> {
                match self {
                    $( $( $name::$source(error) => ::std::error::Error::source(error), )+ )?
                    #[allow(unreachable_patterns, reason = "an enum may have nothing but sources")]
                    _ => ::std::option::Option::None,
                }
            }
        }

        $( $(
            impl ::std::convert::From<$source_type> for $name {
                fn from(error: $source_type) -> Self {
                    $name::$source(error)
                }
            }
        )+ )?

        impl ::std::convert::From<$name> for $crate::web::Problem {
            #[allow(unused_variables, reason = "brackets may leave a field out")]
            fn from(error: $name) -> Self {
                match error {
                    $(
                        $name::$variant $( ( $( $field ),+ ) )? $( { $( $named ),+ } )? => $crate::web::verb_errors!(
                            @problem $problem [ $( $( $key = $value ),+ )? ] [ $( $( $field )+ )? $( $( $named )+ )? ]
                        ),
                    )*
                    $( $( $name::$source(error) => error.into(), )+ )?
                }
            }
        }
    };
    (@problem { $($body:tt)* } [] [ $( $field:ident )* ]) => {
        { $($body)* }
    };
    (@problem $code:ident [] [ $( $field:ident )* ]) => {
        $crate::web::Problem::new($crate::web::Code::$code)$( .with(stringify!($field), $field) )*
    };
    (@problem $code:ident [ $( $key:literal = $value:expr ),+ ] [ $( $field:ident )* ]) => {
        $crate::web::Problem::new($crate::web::Code::$code)$( .with($key, $value) )+
    };
}
pub(crate) use verb_errors;

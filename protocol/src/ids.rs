//! Numbers that name things, each a type of its own, so that a task can never be passed for an object.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        #[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "std", serde(transparent))]
        pub struct $name(pub u32);

        impl $name {
            /// The id as an index into a flat vector.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// A task: a thread of the program, in the order of creation. Main is 0.
    TaskId
);
id!(
    /// A thing that tasks share: a cell's owner, a mutex, a condition.
    ///
    /// Numbers are given at the first announcement, so they mean the same in two executions only up
    /// to where their schedules part.
    ObjectId
);
id!(
    /// A place in the program's text: an index into its [`SiteTable`](crate::site::SiteTable).
    SiteId
);
id!(
    /// One call of a function.
    ActivationId
);
id!(
    /// One evaluation of a call expression.
    CallId
);

impl TaskId {
    /// The task that runs the program's own top level.
    pub const MAIN: TaskId = TaskId(0);
}

impl SiteId {
    /// Stands for an operation that no place in the user's text announced.
    pub const NONE: SiteId = SiteId(u32::MAX);
}

impl ObjectId {
    /// Stands for "no object": the operation is about none, or about a task or the clock.
    pub const NONE: ObjectId = ObjectId(u32::MAX);
}

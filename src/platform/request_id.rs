//! The id of the current request, for the log and for recorded events.

use super::trace::Hex;
use std::cell::Cell;
use std::future::Future;

tokio::task_local! {
    static SERVING: Hex<8>;
}

thread_local! {
    /// The same, on a thread that works for the request.
    static WORKING: Cell<Option<Hex<8>>> = const { Cell::new(None) };
}

pub fn serve<F: Future>(id: Hex<8>, request: F) -> impl Future<Output = F::Output> {
    SERVING.scope(id, request)
}

/// The current request; none for commands and background work.
pub fn current() -> Option<Hex<8>> {
    WORKING.get().or_else(|| SERVING.try_with(|id| *id).ok())
}

/// Works for a request, on whatever thread.
pub fn during<T>(id: Option<Hex<8>>, work: impl FnOnce() -> T) -> T {
    /// Puts back what was there, also when the work panics.
    struct Before(Option<Hex<8>>);
    impl Drop for Before {
        fn drop(&mut self) {
            WORKING.set(self.0);
        }
    }
    let _before = Before(WORKING.replace(id));
    work()
}

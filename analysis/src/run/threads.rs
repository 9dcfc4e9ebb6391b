//! Threads for the regions of one run.

use pinwheel_core::Executor;
use rayon::prelude::*;

use crate::Error;

/// A fixed number of threads that share the regions, one region at a time.
#[derive(Debug)]
pub struct RegionThreads(rayon::ThreadPool);

impl RegionThreads {
    /// A pool of this many threads.
    ///
    /// # Errors
    ///
    /// [`Error::Threads`] if the machine gives no threads.
    pub fn new(threads: usize) -> Result<Self, Error> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.map(RegionThreads).map_err(|error| Error::Threads(error.to_string()))
    }
}

impl Executor for RegionThreads {
    fn each<T: Send>(&self, items: &mut [T], run: impl Fn(&mut T) + Sync) {
        // Regions differ in work; none may wait behind another while a thread is idle.
        self.0.install(|| items.par_iter_mut().with_max_len(1).for_each(&run));
    }
}

import NIOCore

/// Runs tasks where a client's lines are read: on its event loop.
final class LineExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(_ loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // On the loop itself this costs neither a lock's wait nor a wake-up: the job runs in the same turn.
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

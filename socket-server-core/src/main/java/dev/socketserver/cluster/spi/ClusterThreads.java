package dev.socketserver.cluster.spi;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Where a cluster runs.
 *
 * @param tasks the one thread of a member, which ends when the node has left
 * @param callbacks where code of the application runs, which may wait
 */
public record ClusterThreads(ScheduledExecutorService tasks, Executor callbacks) {

}

/**
 * Compares what a message costs this project's server and others. All servers run at the
 * same time, and are put under load in turn.
 */
@NullMarked
package dev.socketserver.benchmarks;

import org.jspecify.annotations.NullMarked;

/**
 * Makes every thread of the engine, and the pools and timers that have them: no other
 * package calls a constructor of {@link Thread}. Also the one place that copes with a
 * system that gives no further thread. Knows nothing of servers or sessions. Depends on
 * {@code lane} and {@code log}. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.threads;

import org.jspecify.annotations.NullMarked;

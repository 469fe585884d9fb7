/**
 * Makes every thread of the engine, and the pools and timers that have them: nobody else
 * calls a constructor of {@link Thread}. Also the one place that copes with a system that
 * gives no further thread. Knows nothing of servers, sessions or Netty's channels.
 */
@NullMarked
package dev.socketserver.netty.threads;

import org.jspecify.annotations.NullMarked;

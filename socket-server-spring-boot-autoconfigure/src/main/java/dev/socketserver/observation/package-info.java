/**
 * Handled messages as Micrometer observations, and so as traces and timers.
 */
@NullMarked
package dev.socketserver.observation;

import org.jspecify.annotations.NullMarked;

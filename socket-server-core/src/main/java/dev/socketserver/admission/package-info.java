/**
 * Decides which connections become sessions, before anything is spent on them. Not for
 * applications.
 */
@NullMarked
package dev.socketserver.admission;

import org.jspecify.annotations.NullMarked;

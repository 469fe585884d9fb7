/**
 * Application events that tell what happens to servers and their sessions.
 */
@NullMarked
package dev.socketserver.event;

import org.jspecify.annotations.NullMarked;

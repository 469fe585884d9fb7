/**
 * Application events that announce what happens to servers, their sessions, and clients.
 */
@NullMarked
package dev.socketserver.event;

import org.jspecify.annotations.NullMarked;

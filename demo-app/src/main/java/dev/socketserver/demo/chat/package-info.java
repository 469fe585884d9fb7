/**
 * A chat server: what a session says is sent to all sessions.
 */
@NullMarked
package dev.socketserver.demo.chat;

import org.jspecify.annotations.NullMarked;

/**
 * Which handler serves which server or client, and which handlers need no bean. Uses
 * {@code block} and {@code properties}.
 */
@NullMarked
package dev.socketserver.autoconfigure.handler;

import org.jspecify.annotations.NullMarked;

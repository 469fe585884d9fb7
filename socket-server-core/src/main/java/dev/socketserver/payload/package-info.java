/**
 * How the bytes of a frame become what a handler takes, and what it returns becomes
 * bytes.
 */
@NullMarked
package dev.socketserver.payload;

import org.jspecify.annotations.NullMarked;

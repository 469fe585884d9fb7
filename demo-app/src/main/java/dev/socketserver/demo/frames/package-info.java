/**
 * A server for binary messages that begin with their length.
 */
@NullMarked
package dev.socketserver.demo.frames;

import org.jspecify.annotations.NullMarked;

/**
 * A server that talks with its peer over blocking streams.
 */
@NullMarked
package dev.socketserver.demo.talk;

import org.jspecify.annotations.NullMarked;

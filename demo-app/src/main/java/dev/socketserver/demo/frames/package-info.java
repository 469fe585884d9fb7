/**
 * Binary messages behind a length.
 */
@NullMarked
package dev.socketserver.demo.frames;

import org.jspecify.annotations.NullMarked;

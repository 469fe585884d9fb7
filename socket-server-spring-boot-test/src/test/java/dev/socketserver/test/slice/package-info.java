/**
 * A small application, of which tests start a part.
 */
@NullMarked
package dev.socketserver.test.slice;

import org.jspecify.annotations.NullMarked;

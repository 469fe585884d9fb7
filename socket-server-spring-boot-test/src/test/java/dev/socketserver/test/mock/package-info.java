/**
 * An application whose handlers are called without a port.
 */
@NullMarked
package dev.socketserver.test.mock;

import org.jspecify.annotations.NullMarked;

/**
 * How other modules of this project take part in the calls of handlers. For these
 * modules; what is here changes with them.
 */
@NullMarked
package dev.socketserver.spi;

import org.jspecify.annotations.NullMarked;

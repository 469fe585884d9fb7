/**
 * What {@code docs/coming-from.md} shows of other libraries: servers that answer a line
 * in capitals.
 */
@NullMarked
package dev.socketserver.comingfrom;

import org.jspecify.annotations.NullMarked;

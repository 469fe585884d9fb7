/**
 * What {@code docs/coming-from.md} and {@code docs/from-spring-integration.md} show of
 * other libraries: servers that answer a line in capitals.
 */
@NullMarked
package dev.socketserver.comingfrom;

import org.jspecify.annotations.NullMarked;

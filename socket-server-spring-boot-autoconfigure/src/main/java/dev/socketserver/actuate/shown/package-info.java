/**
 * What endpoints show of values of the application and of names that peers have made:
 * sanitized, cut to length, a page at a time. For use within this project.
 */
@NullMarked
package dev.socketserver.actuate.shown;

import org.jspecify.annotations.NullMarked;

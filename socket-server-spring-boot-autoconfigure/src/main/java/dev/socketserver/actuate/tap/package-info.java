/**
 * The endpoint of taps.
 */
@NullMarked
package dev.socketserver.actuate.tap;

import org.jspecify.annotations.NullMarked;

/**
 * The endpoint that shows settings and changes them.
 */
@NullMarked
package dev.socketserver.actuate.settings;

import org.jspecify.annotations.NullMarked;

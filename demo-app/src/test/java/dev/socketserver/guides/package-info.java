/** The applications of {@code docs/guides}. */
@NullMarked
package dev.socketserver.guides;

import org.jspecify.annotations.NullMarked;

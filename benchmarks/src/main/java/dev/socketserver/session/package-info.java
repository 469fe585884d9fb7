/**
 * Benchmarks of parts of a session. They are in the package of these parts, which are not
 * public.
 */
@NullMarked
package dev.socketserver.session;

import org.jspecify.annotations.NullMarked;

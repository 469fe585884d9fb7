/**
 * Benchmarks of parts of a session, beside what they measure, since it is not public.
 */
@NullMarked
package dev.socketserver.session;

import org.jspecify.annotations.NullMarked;

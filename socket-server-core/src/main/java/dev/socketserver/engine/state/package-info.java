/**
 * What the parts of one session share: its figures, what it holds of the memory limit,
 * why and how it ends, and what is around its calls of user code. Depends on
 * {@code connection}, {@code log}, {@code memory}, {@code stats} and {@code tap}. For the
 * engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.state;

import org.jspecify.annotations.NullMarked;

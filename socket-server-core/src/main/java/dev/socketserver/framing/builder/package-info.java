/**
 * A builder for each type of framing: checks that the keys work together, and chooses
 * codecs and wrappers for them. What users see of it is
 * {@link dev.socketserver.framing.builder.Framings} and the builders.
 */
@NullMarked
package dev.socketserver.framing.builder;

import org.jspecify.annotations.NullMarked;

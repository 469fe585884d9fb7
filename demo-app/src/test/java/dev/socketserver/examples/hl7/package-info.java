/**
 * The receiver of HL7 messages that {@code docs/examples.md} shows.
 */
@NullMarked
package dev.socketserver.examples.hl7;

import org.jspecify.annotations.NullMarked;

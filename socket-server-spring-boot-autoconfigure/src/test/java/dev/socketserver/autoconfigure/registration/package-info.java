/**
 * Tests of what applications change in specifications, and make themselves.
 */
@NullMarked
package dev.socketserver.autoconfigure.registration;

import org.jspecify.annotations.NullMarked;

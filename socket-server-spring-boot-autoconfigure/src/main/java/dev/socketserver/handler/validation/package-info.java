/**
 * Validates payloads before annotated methods are called with them. Uses Jakarta
 * Validation, which is loaded only where a parameter asks for it.
 */
@NullMarked
package dev.socketserver.handler.validation;

import org.jspecify.annotations.NullMarked;

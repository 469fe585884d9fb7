/**
 * Changes settings when Spring Cloud has refreshed the environment. Loaded only where
 * Spring Cloud is on the class path. Uses the settings as applications do.
 */
@NullMarked
package dev.socketserver.autoconfigure.settings.refresh;

import org.jspecify.annotations.NullMarked;

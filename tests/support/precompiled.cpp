// SPDX-License-Identifier: BSL-1.0
// Nothing: it is there for the header that is precompiled with it.

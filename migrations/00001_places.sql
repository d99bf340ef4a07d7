-- +goose Up
-- The lists of places. A code is only an identity within its edition: the same
-- code can be another place in the next list.
CREATE TABLE edition (
    id     text NOT NULL,
    source text NOT NULL,
    CONSTRAINT edition_pk PRIMARY KEY (id),
    CONSTRAINT edition_id_form CHECK (id ~ '^[a-z0-9_-]{1,32}$')
);

CREATE TABLE area (
    edition     text NOT NULL,
    code        text NOT NULL,
    position    int  NOT NULL, -- parents before children, a branch in one piece
    parent_code text,
    level       text NOT NULL,
    type        text NOT NULL,
    name        text NOT NULL,
    name_en     text NOT NULL,
    CONSTRAINT area_pk PRIMARY KEY (edition, code),
    CONSTRAINT area_position_once UNIQUE (edition, position),
    CONSTRAINT area_edition_exists FOREIGN KEY (edition) REFERENCES edition (id),
    CONSTRAINT area_parent_exists FOREIGN KEY (edition, parent_code) REFERENCES area (edition, code),
    CONSTRAINT area_only_nation_has_no_parent CHECK ((parent_code IS NULL) = (level = 'national')),
    CONSTRAINT area_level_known CHECK (level IN ('national', 'province', 'district', 'commune', 'polling_area'))
);

-- +goose Down
DROP TABLE area;
DROP TABLE edition;

/** 256 short English words, told apart by ear and by eye: 8 bits each. */
export const sasWords: readonly string[] = `
  acid actor agent alarm album alley amber angle ankle apron arrow attic
  autumn award bacon badge baker bamboo banjo barrel basil basket beach beard
  belt bench berry blanket blossom blue board boot bottle bowl bracelet bread
  brick bridge broom brother bucket buffalo bullet bundle butter button cabin cable
  camel candle canoe canvas carbon carpet carrot castle cedar cellar chalk cherry
  chess chicken chimney cider cinema circle clay cliff clover cobra coconut comet
  compass copper coral cotton cousin cradle crater crystal curtain cymbal dagger dancer
  deer delta denim desert diamond dinner doctor dolphin donkey dragon drum duck
  eagle easel echo elbow elm ember engine evening fabric falcon feather fender
  ferry fever fiddle finger flame flute forest fossil fountain fox frost galaxy
  garden garlic gate ginger giraffe glacier glove goat gold grape gravel green
  guest gutter hazel helmet hero hippo honey hotel husky igloo indigo insect
  iron island ivory jacket jaguar jelly jewel jungle juniper kayak kettle kidney
  kitchen kite ladder lagoon lamp lantern lava lemon leopard letter library lilac
  linen lizard lobster lotus magnet mango maple marble market meadow melon mercury
  mirror monkey morning motor mountain mustard napkin needle nickel noodle oasis oat
  ocean olive onion orbit orchid otter oven oyster paddle palace parrot pebble
  pepper piano picnic pigeon pillow pilot pirate planet plum pocket poem polar
  pony potato prince pumpkin puzzle quartz quilt raven ribbon river rope ruby
  saddle salmon sandal satin scarf school shadow silver singer sister sofa spider
  spoon summer sunset swan table tempo tennis thunder tiger tomato tulip tunnel
  velvet violin wagon walnut`
  .trim()
  .split(/\s+/);
